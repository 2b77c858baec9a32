resource "aws_iam_role" "events" {
  name = "events"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "events" {
  role   = aws_iam_role.events.id
  policy = <<EOF
{
  "Statement": [
    {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "${replace(aws_ecs_task_definition.batch.arn, "/:\\d+$/", ":*")}"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ["*"]}
  ]
}
EOF
}

data "aws_iam_policy_document" "extra" {
  statement {
    sid       = "Tags"
    actions   = ["ecs:TagResource"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RunTask"]
    }
  }

  statement {
    effect        = "Deny"
    not_actions   = ["ecs:*"]
    not_resources = ["arn:aws:s3:::keep/*"]
  }
}

resource "aws_iam_policy" "extra" {
  name   = "extra"
  path   = "/batch/"
  policy = data.aws_iam_policy_document.extra.json
}

resource "aws_iam_role_policy_attachment" "events" {
  for_each   = { extra = aws_iam_policy.extra.arn, managed = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  role       = aws_iam_role.events.name
  policy_arn = each.value
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
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = aws_iam_role.events.arn

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
