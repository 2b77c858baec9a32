"""ecs-local: scheduled ECS tasks, run locally in the same containers from the same files."""

__version__ = "0.1.0"
