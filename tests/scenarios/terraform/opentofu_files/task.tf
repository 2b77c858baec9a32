resource "aws_ecs_task_definition" "job" {
  family                = "job"
  container_definitions = jsonencode([{ name = "main", image = var.image, memory = 64 }])
}
