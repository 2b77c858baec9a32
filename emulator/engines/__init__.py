"""Running one container: the seam to the container engine, and its implementations."""
