"""A trading house in miniature: what its packages may see of each other stands in packages.yaml beside it."""
