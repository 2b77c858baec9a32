resource "terraform_data" "x" {
  for_each = toset(["a", "b"])
  input    = { key = each.key }
}
resource "terraform_data" "n" {
  count = 2
  input = count.index
}
output "all" { value = [[for k, v in terraform_data.x : v.input.key], terraform_data.n[*].input, terraform_data.x["a"].input, length(terraform_data.n)] }
