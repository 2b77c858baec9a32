module "a" {
  source = "./modules/a"
}
output "all" { value = merge(module.a, { root = path.root, module = path.module, text = file("${path.module}/t.txt") }) }
