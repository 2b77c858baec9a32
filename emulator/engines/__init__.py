"""Running one container: the seam to the container engine, and its implementations.

`base` is the seam and `spec` what a container is to be, both in words of our own. Behind it are
`docker` with its `docker_*`, and `fake`, which runs nothing.
"""
