locals {
  sizes = { default = 1, prod = 10 }
  env   = terraform.workspace == "default" ? "dev" : terraform.workspace
}
output "all" { value = { env = local.env, size = lookup(local.sizes, terraform.workspace, 0), n = "${terraform.workspace}-x" } }
