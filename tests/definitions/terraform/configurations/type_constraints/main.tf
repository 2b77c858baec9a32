variable "jobs" {
  type = map(object({
    schedule = string
    enabled  = optional(bool, true)
    env      = optional(map(string), {})
    cpu      = optional(number, 256)
  }))
  default = {
    nightly = { schedule = "cron(0 3 * * ? *)", env = { A = 1, B = true } }
    hourly  = { schedule = "rate(1 hour)", enabled = "false", cpu = "512" }
  }
}
variable "any_list" {
  type    = list(any)
  default = [1, "a", true]
}
variable "any_map" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "legacy" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "legacy_list" {
  type    = list
  default = [1, "x"]
}
variable "deep" {
  type = object({ a = optional(object({ b = optional(list(string), ["d"]), c = optional(number) })) })
  default = { a = {} }
}
variable "deep_null" {
  type = object({ a = optional(object({ b = optional(list(string), ["d"]), c = optional(number) })) })
  default = {}
}
variable "m2o" {
  type = map(object({ x = optional(string, "dx") }))
  default = { k = {}, l = { x = null }, m = { x = "y", z = 1 } }
}
variable "setobj" {
  type    = set(object({ a = string, b = optional(number, 1) }))
  default = [{ a = "x" }, { a = "x", b = 1 }, { a = 2 }]
}
locals {
  active = { for k, j in var.jobs : k => j if j.enabled }
  text   = <<-EOT
    %{ for k, j in var.jobs ~}
    ${k}: ${j.schedule}%{ if length(j.env) > 0 } (${join(",", [for a, b in j.env : "${a}=${b}"])})%{ endif }
    %{ endfor ~}
    end
  EOT
  plain = <<EOT
  a
    b ${"c"}
  EOT
  json = jsonencode({ env = [for k, v in var.jobs["nightly"].env : { name = k, value = v }], f = 1.50, n = null })
  cond = var.jobs["hourly"].enabled ? [1, 2] : ["x"]
  nested = [for k in sort(keys(var.jobs)) : { for a in ["p", "q"] : a => "${k}${a}" }]
  groups = { for k, j in var.jobs : j.cpu > 300 => k... }
  chain  = local.first
  first  = try(local.nothing.x, var.jobs.nope, "fallback")
  nothing = {}
}
output "all" {
  value = { jobs = var.jobs, al = var.any_list, am = var.any_map, lg = var.legacy, ll = var.legacy_list, deep = var.deep, dn = var.deep_null, m2o = var.m2o, so = var.setobj,
  active = local.active, text = local.text, plain = local.plain, json = local.json, cond = local.cond, nested = local.nested, groups = local.groups, chain = local.chain }
}
