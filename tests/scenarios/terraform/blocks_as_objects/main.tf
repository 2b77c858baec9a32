# As Terraform 0.11 let one write blocks, and lists in lists.
variable "subnets" {
  type    = "list"
  default = ["subnet-0a", "subnet-0b"]
}

resource "aws_ecs_task_definition" "batch" {
  family                = "batch"
  container_definitions = "[{\"name\": \"main\", \"image\": \"alpine:3.20\", \"memory\": 64}]"

  volume = {
    name      = "data"
    host_path = "/srv/data"
  }
}

resource "aws_cloudwatch_event_rule" "hourly" {
  name                = "hourly"
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "hourly" {
  rule = "${aws_cloudwatch_event_rule.hourly.name}"
  arn  = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"

  ecs_target = {
    task_count          = "2"
    task_definition_arn = "${aws_ecs_task_definition.batch.arn}"

    network_configuration = {
      subnets          = ["${var.subnets}"]
      assign_public_ip = "false"
    }
  }
}

resource "aws_cloudwatch_event_rule" "daily" {
  name                = "daily"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "daily" {
  rule       = "${aws_cloudwatch_event_rule.daily.name}"
  arn        = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  ecs_target = "${aws_ecs_task_definition.batch.arn}"
}
