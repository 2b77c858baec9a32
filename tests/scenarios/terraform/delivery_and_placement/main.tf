resource "aws_sqs_queue" "dead" {
  name = "dead"
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

resource "aws_cloudwatch_event_rule" "nightly" {
  name_prefix         = "nightly-"
  description         = "毎晩のバッチ"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "batch"
  arn       = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"

  retry_policy {
    maximum_event_age_in_seconds = 600
    maximum_retry_attempts       = 2
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }

  ecs_target {
    group                   = "nightly"
    launch_type             = "FARGATE"
    platform_version        = "LATEST"
    propagate_tags          = "TASK_DEFINITION"
    enable_ecs_managed_tags = true
    enable_execute_command  = false
    task_count              = 2
    task_definition_arn     = aws_ecs_task_definition.batch.arn_without_revision
    tags                    = { Team = "data" }

    network_configuration {
      subnets          = ["subnet-1"]
      security_groups  = ["sg-1"]
      assign_public_ip = true
    }
  }
}
