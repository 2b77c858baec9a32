"""ecs-local as a Python library."""
