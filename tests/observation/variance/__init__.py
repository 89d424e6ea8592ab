"""4.2: what parts of a figure contribute to its difference from the plan."""
