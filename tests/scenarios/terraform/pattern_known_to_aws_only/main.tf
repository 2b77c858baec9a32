variable "queue" {
  type = string
}

resource "aws_s3_bucket" "inbox" {
  bucket_prefix = "inbox-"
}

resource "aws_ecs_task_definition" "load" {
  family                = "load"
  container_definitions = jsonencode([{ name = "load", image = "load:1", memory = 64 }])
}

locals {
  patterns = {
    bucket  = { source = ["aws.s3"], detail = { bucket = { name = [aws_s3_bucket.inbox.id] } } }
    machine = { source = ["aws.ec2"], detail = { "instance-id" = [aws_instance.door.id] } }
    queue   = { source = ["billing"], detail = { queue = [var.queue] } }
  }
}

resource "aws_instance" "door" {
}

resource "aws_cloudwatch_event_rule" "load" {
  for_each = local.patterns

  name          = "load-${each.key}"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "load" {
  for_each = local.patterns

  rule           = aws_cloudwatch_event_rule.load[each.key].name
  event_bus_name = aws_cloudwatch_event_rule.load[each.key].event_bus_name
  arn            = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn       = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.load.arn
  }
}
