module "events_role" {
  source = "./iam_rule"
}

resource "aws_ecs_task_definition" "batch" {
  family                = "batch"
  container_definitions = file("./batch_container_definitons.json")
}

resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = templatefile("templates/web.json", {})
}
