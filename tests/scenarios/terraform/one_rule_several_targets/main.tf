resource "aws_ecs_task_definition" "batch" {
  family                   = "batch"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions    = jsonencode([
    {
      name  = "main"
      image = "alpine:latest"
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = "/ecs/batch"
          awslogs-region        = "ap-northeast-1"
          awslogs-stream-prefix = "batch"
        }
      }
    }
  ])
}
resource "aws_ecs_task_definition" "second" {
  family                   = "second"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions    = jsonencode([{ name = "main", image = "alpine:latest" }])
}

resource "aws_cloudwatch_event_rule" "both" {
  name                = "both"
  schedule_expression = "rate(10 minutes)"
}

resource "aws_cloudwatch_event_target" "both" {
  for_each = {
    first  = aws_ecs_task_definition.batch.arn
    second = aws_ecs_task_definition.second.arn
  }
  rule      = aws_cloudwatch_event_rule.both.name
  target_id = each.key
  arn       = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"

  ecs_target {
    task_definition_arn = each.value
  }
}
