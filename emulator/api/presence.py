"""Objects that belong to one process: a copy is the same object, and none can be pickled."""

from typing import NoReturn, Self

from emulator.errors import UsageError


class Present:
    """Shows what happens in a running emulator, of which there is no second one."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        """Raise `UsageError`: another process has nothing that it could show."""
        message = f"{type(self).__name__} cannot be pickled: it is of this process alone"
        hint = "each process makes its own emulator; `task.describe()` returns plain values"
        raise UsageError(message, hint=hint)
