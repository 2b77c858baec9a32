data "terraform_remote_state" "base" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "base.tfstate"
    region = "ap-northeast-1"
  }
}

locals {
  base   = data.terraform_remote_state.base.outputs
  prefix = local.base.prefix
}

resource "aws_cloudwatch_log_group" "job" {
  name = "/ecs/${local.prefix}/job"
}

resource "aws_ecs_task_definition" "job" {
  family                   = "${local.prefix}-job"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = local.base.execution_role_arn

  container_definitions = <<-JSON
    [
      {
        "name": "${local.prefix}-app",
        "image": "job:1",
        "cpu": ${local.base.cpu},
        "networkMode": "awsvpc",
        "dependsOn": [{"containerName": "${local.prefix}-setup", "condition": "SUCCESS"}],
        "mountPoints": [{"sourceVolume": "${local.prefix}-data", "containerPath": "/data"}],
        "logConfiguration": {
          "logDriver": "awslogs",
          "options": {
            "awslogs-group": "${aws_cloudwatch_log_group.job.name}",
            "awslogs-region": "ap-northeast-1",
            "awslogs-stream-prefix": "${local.prefix}"
          }
        }
      },
      {
        "name": "${local.prefix}-setup",
        "image": "job:1",
        "essential": false
      }
    ]
  JSON

  volume {
    name = "${local.prefix}-data"
  }
}

resource "aws_ecs_task_definition" "service" {
  for_each = toset(["web", "api"])

  family = each.key
  container_definitions = jsonencode([{
    name         = each.key
    image        = local.base.image
    memory       = 128
    portMappings = [{ containerPort = local.base.port }]
  }])
}

resource "aws_ecs_task_definition" "report" {
  for_each = toset(["daily", "monthly"])

  family = each.key
  container_definitions = jsonencode([{
    name        = each.key
    image       = local.base.image
    memory      = 128
    networkMode = "bridge"
    environment = [{ name = "BUCKET", value = local.base.bucket }]
  }])
}

resource "aws_cloudwatch_event_rule" "job" {
  name                = "${local.prefix}-job"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "job" {
  rule     = aws_cloudwatch_event_rule.job.name
  arn      = local.base.cluster_arn
  role_arn = "arn:aws:iam::123456789012:role/events"
  input = jsonencode({
    containerOverrides = [{ name = "${local.prefix}-app", command = ["all"] }]
  })

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.job.arn
  }
}
