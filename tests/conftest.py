"""What holds for all tests: how fast a property is found to hold says nothing about it."""

from hypothesis import settings

# A machine that is busy elsewhere must not fail a test: speed is measured in benchmarks/.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
