"""`python -m emulator`: the same as the `ecs-local` script."""

from emulator.cli import script

if __name__ == "__main__":
    script()
