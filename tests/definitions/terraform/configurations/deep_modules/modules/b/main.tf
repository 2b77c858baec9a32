variable "text" {}
module "c" {
  source = "../../c"
  texts  = [var.text, file("${path.module}/t.txt"), try(file("t.txt"), "none")]
}
output "path" { value = path.module }
output "c" { value = module.c }
output "up" { value = file("${path.module}/../a/t.txt") }
output "base" { value = basename(path.module) }
output "abs" { value = abspath(path.module) == "${path.cwd}/modules/b" }
output "exists" { value = [fileexists("t.txt"), fileexists("${path.module}/t.txt"), fileexists("modules/b/t.txt")] }
