variable "key" {}
variable "list" { type = list(string) }
variable "defaulted" {
  type    = list(object({ n = optional(number, 7), s = optional(string) }))
  default = [{}, { n = "2", s = 5 }]
}
module "inner" {
  source = "../inner"
  count  = var.key == "p" ? 1 : 0
  x      = var.list
}
locals {
  merged = merge([for k in var.list : { (k) = length(k) }]...)
}
output "r" {
  value = { key = var.key, list = var.list, inner = one(module.inner[*].y), d = var.defaulted, merged = local.merged, n = length(module.inner) }
}
