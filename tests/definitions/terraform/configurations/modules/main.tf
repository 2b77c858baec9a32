variable "s" { default = "d" }
variable "n" {
  type = number
  default = 1
}
variable "b" {
  type = bool
  default = false
}
variable "l" {
  type = list(string)
  default = []
}
variable "any" {
  type = any
  default = null
}
variable "untyped" { default = ["x"] }
variable "notnull" {
  type     = string
  default  = "dd"
  nullable = false
}
variable "o" {
  type = object({ a = string, b = optional(number, 3), c = optional(object({ d = optional(bool, true) }), {}) })
  default = { a = 1 }
}
variable "v" {
  type = string
  default = "ok"
  validation {
    condition     = length(var.v) < 5
    error_message = "too long: ${var.v}"
  }
}
locals {
  extra = 0
  each = { for k in ["x", "y"] : k => upper(k) }
}
module "a" {
  source = "./a"
  for_each = local.each
  name = each.key
  up = each.value
  maybe = null
}
module "c" {
  source = "./a"
  count = 2
  name = "c${count.index}"
  up = count.index
}
output "all" {
  value = {
    s = var.s, n = var.n, b = var.b, l = var.l, any = var.any, untyped = var.untyped, nn = var.notnull, o = var.o,
    v = var.v
    a = module.a, a_x = module.a["x"].out, keys = keys(module.a), vals = values(module.a)[*].out
    c = module.c[*].out, c1 = module.c[1].out, first = module.c.0.out
    paths = [path.module, path.root, terraform.workspace]
  }
}
