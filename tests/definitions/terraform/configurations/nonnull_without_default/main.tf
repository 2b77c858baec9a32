module "m" {
  source = "./m"
  a = null
}
output "all" { value = module.m.a }
