"""What holds for all tests: neither a busy machine nor the shell that runs them decides one."""

import os

from hypothesis import settings

# A machine that is busy elsewhere must not fail a test: speed is measured in benchmarks/.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# The program and botocore read these: a test that is about one of them sets it.
_DECIDING = ("AWS_", "COPILOT_", "ECS_LOCAL_", "GITHUB_")
_ALONE = {"COLUMNS", "FORCE_COLOR", "NO_COLOR", "TF_WORKSPACE"}
for _name in [name for name in os.environ if name in _ALONE or name.startswith(_DECIDING)]:
    del os.environ[_name]
