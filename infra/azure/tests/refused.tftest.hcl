# What makes no sense is refused before anything is made.

mock_provider "azurerm" {}

variables {
  name             = "dayexample"
  location         = "germanywestcentral"
  scopes           = ["/subscriptions/00000000-0000-0000-0000-000000000001"]
  archive_accounts = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/archive/providers/Microsoft.Storage/storageAccounts/exampleaksaudit"]
  ledger           = "blob"
}

run "a_name_no_storage_account_could_have" {
  command = plan
  variables {
    name = "Day-Seal"
  }
  expect_failures = [var.name]
}

run "two_management_groups" {
  command = plan
  variables {
    scopes = ["/providers/Microsoft.Management/managementGroups/a", "/providers/Microsoft.Management/managementGroups/b"]
  }
  expect_failures = [var.scopes]
}

run "a_subscription_by_name" {
  command = plan
  variables {
    scopes = ["/subscriptions/production"]
  }
  expect_failures = [var.scopes]
}

run "a_look_up_for_the_whole_tenant" {
  command = plan
  variables {
    lookup = { client_id = "00000000-0000-0000-0000-000000000003" }
  }
  expect_failures = [var.lookup]
}

run "a_ledger_in_aws_without_roles" {
  command = plan
  variables {
    ledger       = "s3"
    aws_audience = "api://dayseal-ledger"
  }
  expect_failures = [var.aws_roles]
}

run "a_ledger_in_aws_without_an_application" {
  command = plan
  variables {
    ledger = "s3"
    aws_roles = {
      attestor = "arn:aws:iam::111122223333:role/dayseal-federated-attestor"
      reader   = "arn:aws:iam::111122223333:role/dayseal-federated-reader"
    }
  }
  expect_failures = [var.aws_audience]
}

run "no_archive" {
  command = plan
  variables {
    archive_accounts = []
  }
  expect_failures = [var.archive_accounts]
}

run "a_clock_of_five_fields" {
  command = plan
  variables {
    daily_at = "30 6 * * *"
  }
  expect_failures = [var.daily_at]
}

run "a_run_longer_than_the_host_lets_it" {
  command = plan
  variables {
    run_timeout_seconds = 7200
  }
  expect_failures = [var.run_timeout_seconds]
}

run "an_app_role_of_no_name" {
  command = plan
  variables {
    lookup = {
      client_id   = "00000000-0000-0000-0000-000000000003"
      groups      = ["00000000-0000-0000-0000-000000000004"]
      events_role = "who may read events"
    }
  }
  expect_failures = [var.lookup]
}

run "bundles_for_longer_than_a_quarter" {
  command = plan
  variables {
    evidence_days = 365
  }
  expect_failures = [var.evidence_days]
}
