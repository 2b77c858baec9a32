"""How a task lives: overrides, plan, life cycle and outcome, by ECS's rules.

`run_task` makes tasks of a request, `cluster` admits and stops them, and `task_run` is the life of
one. It asks `plan` (and `plan_*`) what there is to be, `lifecycle` what to do next, and `outcome`
what AWS says of it: all of them pure. `preparation` makes what must stand before a container
(`task_images`, `holdings`, `namespace`), `container_run` runs one, and `task_progress` takes what
containers report. `adoption` and `take_over` go on with a task of a process that is gone;
`endpoint_*` and `metadata` are what a task is told at 169.254.170.2.
"""
