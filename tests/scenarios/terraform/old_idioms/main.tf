variable "subnets" {
  type    = "list"
  default = ["subnet-a", "subnet-b"]
}

variable "tags" {
  type = "map"

  default = {
    Name = "batch"
  }
}

resource "aws_ecs_cluster" "main" {
  count = 1
  name  = "main"
}

data "template_file" "containers" {
  template = "${file("${path.module}/containers.json")}"

  vars {
    image = "${lookup(var.tags, "Name")}:latest"
  }
}

resource "aws_ecs_task_definition" "batch" {
  family                = "${var.tags["Name"]}"
  container_definitions = "${data.template_file.containers.rendered}"
}

resource "aws_cloudwatch_event_rule" "batch" {
  name                = "${format("%s-rule", lookup(var.tags, "Name"))}"
  schedule_expression = "rate(5 minutes)"
  is_enabled          = "true"
}

resource "aws_cloudwatch_event_target" "batch" {
  rule = "${aws_cloudwatch_event_rule.batch.name}"
  arn  = "${aws_ecs_cluster.main.arn}"

  ecs_target {
    task_definition_arn = "${aws_ecs_task_definition.batch.arn}"

    network_configuration {
      subnets          = ["${element(var.subnets, 3)}", "${element(list("x", "y"), 0)}"]
      assign_public_ip = "true"
    }
  }
}

resource "aws_cloudwatch_event_rule" "second" {
  name                = "second"
  schedule_expression = "rate(10 minutes)"
}

resource "aws_cloudwatch_event_target" "second" {
  rule = "${aws_cloudwatch_event_rule.second.name}"
  arn  = "${aws_ecs_cluster.main.arn}"

  ecs_target = {
    task_definition_arn = "${aws_ecs_task_definition.batch.arn}"

    network_configuration {
      subnets = ["${var.subnets}"]
    }
  }

  lifecycle = {
    ignore_changes = ["ecs_target.0.task_definition_arn"]
  }
}
