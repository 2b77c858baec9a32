resource "aws_ecs_task_definition" "terraform" {
  family                = "terraform"
  container_definitions = jsonencode([{ name = "main", image = "alpine", memory = 64 }])
}
