module "outer" {
  source = "./outer"
  name   = "deep"
}
