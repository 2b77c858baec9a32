locals {
  names = ["a", "b"]
  doc = <<-EOT
    [
    %{ for i, n in local.names ~}
      {"name": "${n}"}%{ if i < length(local.names) - 1 },%{ endif }
    %{ endfor ~}
    ]
      tail ${ upper("x") }
    EOT
  raw = <<EOT
  keep $${this} and %%{that} \n "q"
EOT
  inline = "a%{ for n in local.names }-${n}%{ endfor }z"
  strip = <<-EOT
    x   %{~ if true ~}   y   %{~ else ~} n %{~ endif ~}   z
    EOT
  empty = <<-EOT
  EOT
  mixed = <<-EOT
      deep
    ${join("\n", local.names)}
     one more
    EOT
  crlf = "a\r\nb"
  uni = "\u3042\U0001F600"
}
output "all" { value = [local.doc, local.raw, local.inline, local.strip, local.empty, local.mixed, local.crlf, local.uni, jsonencode(local.doc)] }
