variable "list" { type = list(string) }
module "i" {
  source   = "./i"
  for_each = toset(var.list)
  v        = each.key
  n        = length(var.list)
}
output "inner" { value = { for k, m in module.i : "i${k}" => m.r } }
