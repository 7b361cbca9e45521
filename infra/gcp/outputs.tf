output "attestor" {
  description = "The attestor's service account: its address, and the number by which AWS knows it."
  value = {
    email  = google_service_account.dayseal["attestor"].email
    number = google_service_account.dayseal["attestor"].unique_id
  }
}

output "key_versions" {
  description = "For `dayseal init --attestor-key ... --log-key ...`, or [keys] in dayseal.toml."
  value       = local.key_versions
}

output "stores" {
  description = "The buckets, as dayseal.toml names them."
  value = merge(
    { for name, bucket in google_storage_bucket.store : name => "gs://${bucket.name}/" },
    { for bucket in google_storage_bucket.ledger : "ledger" => "gs://${bucket.name}/" },
    { for name, bucket in google_storage_bucket.store : "checkpoint" => "gs://${bucket.name}/published/" if name == "guard" },
  )
}

output "function_uris" {
  description = "Where the functions answer, to who may call them."
  value = merge(
    { for name, function in google_cloudfunctions2_function.dayseal : name => function.service_config[0].uri },
    { for function in google_cloudfunctions2_function.evidence : "evidence" => function.service_config[0].uri },
  )
}

output "aws_trust_policies" {
  description = "With ledger = s3: the trust policies of the roles in AWS. All three conditions matter; Google's tokens carry azp, so AWS calls the audience oaud."
  value = local.native ? {} : { for role, accounts in local.aws_accounts : role => jsonencode({
    Version = "2012-10-17"
    Statement = [for account in accounts : {
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "accounts.google.com" }
      Condition = { StringEquals = {
        "accounts.google.com:aud"  = google_service_account.dayseal[account].unique_id
        "accounts.google.com:oaud" = var.aws_audience
        "accounts.google.com:sub"  = google_service_account.dayseal[account].unique_id
      } }
    }]
  }) }
}

output "federation" {
  description = "With ledger = s3: parameters of infra/aws/federation.yaml in the ledger's account, with Cloud=google."
  value = local.native ? {} : {
    AttestorIdentity = google_service_account.dayseal["attestor"].unique_id
    ReaderIdentities = join(",", [for name in local.aws_accounts.reader : google_service_account.dayseal[name].unique_id])
    Audience         = var.aws_audience
  }
}
