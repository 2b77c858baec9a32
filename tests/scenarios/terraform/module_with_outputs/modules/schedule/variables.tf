variable "name" {}
variable "schedule_expression" {}
variable "task_definition_arn" {}
variable "cluster_arn" {
  default = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
}
