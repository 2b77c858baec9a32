resource "aws_ecs_task_definition" "a" {
  family = "a"
