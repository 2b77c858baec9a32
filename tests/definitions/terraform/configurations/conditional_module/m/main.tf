output "x" { value = "X" }
