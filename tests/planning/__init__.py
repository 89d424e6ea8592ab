"""Chapter 8: planning."""
