"""How a task lives: overrides, plan, life cycle and outcome, by ECS's rules."""
