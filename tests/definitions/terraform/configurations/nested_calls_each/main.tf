module "o" {
  source   = "./o"
  for_each = { x = ["1", "2"], y = [] }
  list     = each.value
}
output "all" { value = { for k, o in module.o : k => o.inner } }
