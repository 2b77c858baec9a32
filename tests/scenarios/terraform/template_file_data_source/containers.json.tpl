[{"name": "main", "image": "${image}:${tag}", "cpu": ${cpu}}]
