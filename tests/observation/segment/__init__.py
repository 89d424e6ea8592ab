"""4.1: dimensions, and the segments that they tell apart."""
