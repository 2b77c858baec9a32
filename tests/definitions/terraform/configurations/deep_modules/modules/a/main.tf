module "b" {
  source = "../b"
  text   = file("${path.module}/t.txt")
}
output "b" { value = module.b }
output "path" { value = path.module }
output "root" { value = path.root }
output "rooted" { value = file("${path.root}/t.txt") }
output "set" { value = fileset(path.module, "*.txt") }
