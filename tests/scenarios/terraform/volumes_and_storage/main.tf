resource "aws_ecs_task_definition" "batch" {
  family                   = "batch"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  task_role_arn            = "arn:aws:iam::123456789012:role/task"
  container_definitions    = jsonencode([{
    name        = "main"
    image       = "alpine:latest"
    mountPoints = [
      { sourceVolume = "scratch", containerPath = "/scratch", readOnly = false },
      { sourceVolume = "records", containerPath = "/records" },
    ]
  }])

  ephemeral_storage {
    size_in_gib = 50
  }

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  volume {
    name = "scratch"
  }

  volume {
    name = "records"

    s3files_volume_configuration {
      file_system_arn         = "arn:aws:s3files:ap-northeast-1:123456789012:file-system/fs-1"
      access_point_arn        = "arn:aws:s3files:ap-northeast-1:123456789012:file-system/fs-1/access-point/fsap-1"
      transit_encryption_port = 2999
    }
  }

  # OpenTofu has these.
  lifecycle {
    destroy = false
    enabled = true
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
