# Terraform's provider takes the keys of containers in any case; those of labels and log options
# are the user's own.
resource "aws_ecs_task_definition" "report" {
  family                   = "report"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([{
    Name         = "main"
    image        = "alpine:3.20"
    DockerLabels = { Team = "billing", team = "billing" }
    environment  = [{ Name = "MODE", Value = "full" }]
    portmappings = [{ ContainerPort = 8080 }]
    HealthCheck  = { Command = ["CMD-SHELL", "true"], Interval = 5, Retries = 3, Timeout = 2 }
    logConfiguration = {
      LogDriver = "awslogs"
      Options = {
        awslogs-group         = "/ecs/report"
        awslogs-region        = "ap-northeast-1"
        awslogs-stream-prefix = "report"
      }
    }
    memoy = 128
  }])
}
