"""Measurements of the figures that ecs-local promises: ratios side by side in one run.

To add a subject: one module beside this with `measure(quick)`, and one line in
`__main__.py: SUBJECTS`.
"""
