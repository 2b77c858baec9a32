variable "on" {
  type    = bool
  default = true
}
module "m" {
  source = "./m"
  count  = var.on ? 1 : 0
}
output "all" { value = [one(module.m[*].x), try(module.m[0].x, "off"), var.on ? module.m[0].x : "no", join("", module.m[*].x), length(module.m) > 0 ? module.m[0] : null] }
