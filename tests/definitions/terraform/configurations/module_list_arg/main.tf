module "m" {
  source = "./m"
  l = toset(["b", "a"])
  m = { a = 1, b = "two" }
  t = ["x", 2]
  o = { a = 1, extra = 2 }
}
output "all" { value = module.m }
