// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/training_checks.h"

#include <QCoreApplication>

#include <utility>

namespace ibidem::view {

namespace {

QString words(const char *text)
{
    return QCoreApplication::translate("TrainingChecks", text);
}

std::vector<ibidem::data::Check> tableChecks(const DataController &data, const SettingsModel &settings)
{
    const DataInput *test = data.input(InputRole::Test);
    const QString fraction = settings.value(QStringLiteral("preparation.testFraction"));
    return {{"test-table", ibidem::data::CheckState::Ok,
             toUtf8(test->state() == DataInput::State::Ready
                        ? words("%1: %2").arg(test->fileName(), test->headline())
                        : words("No test table: a share of %1 of the samples is set aside as test.")
                              .arg(fraction))}};
}

std::vector<ibidem::data::Check> cellChecks(const DataController &data, const SettingsModel &settings)
{
    using ibidem::data::CheckState;
    std::vector<ibidem::data::Check> checks;
    const auto add = [&checks](const char *name, CheckState state, const QString &text) {
        checks.push_back({name, state, toUtf8(text)});
    };
    PreparationModel parameters;
    parameters.setPreparation(settings.preparation());
    const int changed = parameters.changedCount();
    add("preparation", CheckState::Ok,
        changed == 0 ? words("The cells are prepared with the recipe's parameters.")
        : changed == 1
            ? words("The cells are prepared as on the Data screen: 1 parameter is changed.")
            : words("The cells are prepared as on the Data screen: %1 parameters are changed.").arg(changed));
    const QString fraction = settings.value(QStringLiteral("training.validationFraction"));
    add("validation", CheckState::Ok,
        fraction == QLatin1String("0") || fraction == QLatin1String("0.0")
            ? words("The network learns from all cells; none are set aside for validation.")
            : words("A share of %1 of the cells is set aside for validation.").arg(fraction));
    for (const InputRole role : {InputRole::Test, InputRole::Labels}) {
        const DataInput *unused = data.input(role);
        if (unused->state() != DataInput::State::None)
            add("unused", CheckState::Warning,
                words("%1 is not used: a network learns from the matrix alone.").arg(unused->fileName()));
    }
    return checks;
}

ibidem::data::Check levelCheck(const SettingsModel &settings)
{
    using ibidem::data::CheckState;
    const bool random = settings.value(kLevelKey) == QLatin1String("random");
    const QString text = settings.isChanged(kLevelKey)
                             ? words("Level %1").arg(settings.value(kLevelKey))
                             : words("The level follows the device: portable on a CPU");
    return {"level", random ? CheckState::Warning : CheckState::Ok, toUtf8(text)};
}

} // namespace

std::vector<data::Check> trainingChecks(const DataController &data, const SettingsModel &settings,
                                        const QString &whyNot)
{
    std::vector<ibidem::data::Check> checks;
    const DataInput *train = data.input(InputRole::Train);
    if (train->state() == DataInput::State::Ready)
        checks.push_back({"training-data", train->checks()->worst(),
                          toUtf8(words("%1: %2").arg(train->fileName(), train->headline()))});
    if (!whyNot.isEmpty()) {
        checks.push_back({"data", ibidem::data::CheckState::Error, toUtf8(whyNot)});
        return checks;
    }
    for (ibidem::data::Check &check :
         settings.isNetwork() ? cellChecks(data, settings) : tableChecks(data, settings))
        checks.push_back(std::move(check));
    checks.push_back(levelCheck(settings));
    return checks;
}

} // namespace ibidem::view
