"""The nouns of ECS, EventBridge and CloudWatch Logs: frozen dataclasses without any I/O.

The modules are `task_definition` (what to run), `rules` (when, and with which overrides),
`definitions` (all of it together) and `task` (what ran). Import from them: a package that gathers
everything would make every command pay for all of it.
"""
