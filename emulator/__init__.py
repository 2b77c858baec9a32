"""ecs-local: scheduled ECS tasks, run locally in the same containers from the same files."""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.api import Emulator

__all__ = ["Emulator", "__version__"]


def __getattr__(name: str) -> object:
    """Import `Emulator` when it is asked for: the command line does without it."""
    if name == "Emulator":
        from emulator.api import Emulator

        return Emulator
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
