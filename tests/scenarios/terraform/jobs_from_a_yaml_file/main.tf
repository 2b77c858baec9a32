locals {
  jobs = yamldecode(file("${path.module}/jobs.yaml"))
}

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

resource "aws_cloudwatch_event_rule" "job" {
  for_each            = { for job in local.jobs : job.name => job }
  name                = each.value.name
  description         = try(each.value.description, "")
  schedule_expression = "cron(${each.value.cron})"
}

resource "aws_cloudwatch_event_target" "job" {
  for_each = { for job in local.jobs : job.name => job }
  rule     = aws_cloudwatch_event_rule.job[each.key].name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  input = jsonencode({
    containerOverrides = [{ name = "main", command = split(" ", each.value.command) }]
  })

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
