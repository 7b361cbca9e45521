# What runs, when, and who may start it.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id = "00000000-0000-0000-0000-00000000000a"
    }
  }
}

variables {
  name             = "dayexample"
  location         = "germanywestcentral"
  scopes           = ["/subscriptions/00000000-0000-0000-0000-000000000001"]
  archive_accounts = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/archive/providers/Microsoft.Storage/storageAccounts/exampleaksaudit"]
  ledger           = "blob"
}

run "each_app_is_somebody_of_its_own_and_serves_one_thing" {
  assert {
    condition     = toset(keys(azurerm_function_app_flex_consumption.dayseal)) == toset(["attest", "pulse", "record"])
    error_message = "other apps run"
  }
  assert {
    condition     = alltrue([for name, app in azurerm_function_app_flex_consumption.dayseal : app.app_settings["DAYSEAL_SERVES"] == name && app.app_settings["AZURE_CLIENT_ID"] == azurerm_user_assigned_identity.dayseal[name].client_id && app.identity[0].identity_ids == tolist([azurerm_user_assigned_identity.dayseal[name].id])])
    error_message = "an app runs as another, or serves something else"
  }
  assert {
    condition     = alltrue([for app in azurerm_function_app_flex_consumption.dayseal : app.runtime_name == "python" && app.runtime_version == "3.13" && app.https_only && !app.webdeploy_publish_basic_authentication_enabled])
    error_message = "another Python, or a door with a password"
  }
  assert {
    condition     = alltrue([for name, app in azurerm_function_app_flex_consumption.dayseal : azurerm_role_assignment.host[name].principal_id == azurerm_user_assigned_identity.dayseal[name].principal_id && azurerm_role_assignment.host[name].scope == azurerm_storage_account.host[name].id && app.app_settings["AzureWebJobsStorage__accountName"] == "dayexamplehost${name}"])
    error_message = "an app could write what another one runs"
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["attest"].app_settings["DAYSEAL_DAILY_AT"] == "0 30 6 * * *" && azurerm_function_app_flex_consumption.dayseal["record"].app_settings["DAYSEAL_ROLL_CALL_AT"] == "0 30 8 * * *"
    error_message = "the clock says something else"
  }
  assert {
    condition     = alltrue([for plan in azurerm_service_plan.dayseal : plan.sku_name == "FC1" && plan.os_type == "Linux"])
    error_message = "another plan"
  }
}

run "auditors_may_ask_when_they_are_named" {
  variables {
    lookup = {
      client_id = "00000000-0000-0000-0000-000000000003"
      groups    = ["00000000-0000-0000-0000-000000000004"]
    }
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["lookup"].auth_settings_v2[0].require_authentication && azurerm_function_app_flex_consumption.dayseal["lookup"].auth_settings_v2[0].unauthenticated_action == "Return401"
    error_message = "the ledger is open to everybody"
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["lookup"].auth_settings_v2[0].active_directory_v2[0].allowed_groups == tolist(["00000000-0000-0000-0000-000000000004"])
    error_message = "others may ask"
  }
  assert {
    condition     = length(azurerm_function_app_flex_consumption.dayseal["attest"].auth_settings_v2) == 0
    error_message = "what has no door needs no lock"
  }
}

run "paused_nothing_runs_by_itself" {
  variables {
    paused = true
    lookup = {
      client_id  = "00000000-0000-0000-0000-000000000003"
      identities = ["00000000-0000-0000-0000-000000000005"]
    }
  }
  assert {
    condition     = [for name, app in azurerm_function_app_flex_consumption.dayseal : name if app.enabled] == ["bundle", "lookup"]
    error_message = "something else runs, or the ledger cannot be asked"
  }
}

run "a_missing_roll_call_rings_and_so_does_silence" {
  assert {
    condition     = strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.roll_call.criteria[0].query, "where asked == 0 or age > 180000")
    error_message = "either the age or the silence is not looked at"
  }
  assert {
    condition     = strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.reread.criteria[0].query, "where age > 691200")
    error_message = "nobody notices that nothing is read again"
  }
  assert {
    condition     = azurerm_monitor_scheduled_query_rules_alert_v2.roll_call.criteria[0].operator == "GreaterThan" && azurerm_monitor_scheduled_query_rules_alert_v2.roll_call.criteria[0].threshold == 0
    error_message = "a row would not ring"
  }
}

run "a_ledger_in_aws_has_none_here_and_is_reached_by_identity" {
  variables {
    ledger       = "s3"
    aws_audience = "api://dayseal-ledger"
    aws_roles = {
      attestor = "arn:aws:iam::111122223333:role/dayseal-federated-attestor"
      reader   = "arn:aws:iam::111122223333:role/dayseal-federated-reader"
    }
  }
  assert {
    condition     = toset(keys(azurerm_function_app_flex_consumption.dayseal)) == toset(["attest", "pulse"])
    error_message = "a recorder runs in two clouds"
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["attest"].app_settings["DAYSEAL_AWS_ROLE"] == var.aws_roles.attestor && azurerm_function_app_flex_consumption.dayseal["pulse"].app_settings["DAYSEAL_AWS_ROLE"] == var.aws_roles.reader
    error_message = "an app has another's role"
  }
  assert {
    condition     = output.aws_federation.Cloud == "entra" && output.aws_federation.TenantId == "00000000-0000-0000-0000-00000000000a" && output.aws_federation.AttestorIdentity == azurerm_user_assigned_identity.dayseal["attest"].principal_id && output.aws_federation.ReaderIdentities == azurerm_user_assigned_identity.dayseal["pulse"].principal_id
    error_message = "AWS would trust somebody else"
  }
  assert {
    condition     = keys(azurerm_key_vault_key.dayseal) == ["attestor"] && keys(azurerm_storage_account.store) == ["stores"] && keys(azurerm_storage_container.store) == ["details"]
    error_message = "there are keys or stores that nobody uses"
  }
}
