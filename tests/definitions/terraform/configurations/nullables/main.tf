module "m" {
  source = "./m"
  a = null
  b = null
  c = null
}
output "all" { value = module.m.all }
