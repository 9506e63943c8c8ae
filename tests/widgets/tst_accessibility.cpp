// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/view/matrix_fixture.h"
#include "tests/widgets/desk.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QButtonGroup>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <QTabBar>
#include <QTabWidget>

using namespace ibidem;

namespace {

/// Parts of a widget that Qt makes itself: the editor of a spin box, the list of a combo box.
bool isPart(const QWidget *widget)
{
    for (const QWidget *above = widget->parentWidget(); above; above = above->parentWidget()) {
        if (qobject_cast<const QAbstractSpinBox *>(above) || qobject_cast<const QComboBox *>(above) ||
            qobject_cast<const QAbstractItemView *>(above) || qobject_cast<const QMenuBar *>(above))
            return true;
    }
    return false;
}

bool isInteractive(const QWidget *widget)
{
    if (isPart(widget) || qobject_cast<const QHeaderView *>(widget))
        return false;
    return qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QAbstractSpinBox *>(widget) ||
           qobject_cast<const QComboBox *>(widget) || qobject_cast<const QLineEdit *>(widget) ||
           qobject_cast<const QAbstractItemView *>(widget) ||
           widget->inherits("ibidem::widgets::ReadablePlot");
}

QList<QWidget *> interactive(const QWidget &window)
{
    QList<QWidget *> found;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (isInteractive(widget))
            found << widget;
    }
    return found;
}

/// Of an exclusive group Tab reaches one button, the arrow keys the others.
bool reachedThroughGroup(QWidget *widget, const QSet<QWidget *> &visited)
{
    auto *button = qobject_cast<QAbstractButton *>(widget);
    if (!button || !button->group() || !button->group()->exclusive())
        return false;
    const auto buttons = button->group()->buttons();
    return std::any_of(buttons.begin(), buttons.end(),
                       [&visited](QAbstractButton *other) { return visited.contains(other); });
}

void collectMnemonics(const QWidget *page, QHash<QString, QStringList> *found)
{
    const auto add = [found](const QString &text, const QString &who) {
        const qsizetype place = text.indexOf(QLatin1Char('&'));
        if (place >= 0 && place + 1 < text.size())
            (*found)[text.mid(place + 1, 1).toLower()] << who;
    };
    for (const auto *button : page->findChildren<QAbstractButton *>()) {
        if (button->isVisible())
            add(button->text(), button->objectName());
    }
    for (const auto *label : page->findChildren<QLabel *>()) {
        if (label->isVisible() && label->buddy())
            add(label->text(), label->text());
    }
}

} // namespace

class TestAccessibility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyInteractiveWidgetHasANameAndAnObjectName();
    void everyInteractiveWidgetIsReachedByTab();
    void everyTabOfAMatrixIsReachedByTab();
    void mnemonicsOfAScreenAreUnique();
    void mnemonicsOfEachTabAreUnique();
    void controlDigitsSwitchTheScreens();
    void everyMenuEntryHasAnObjectName();

private:
    void openMatrix();
    void walk(const QString &where);
    void compareMnemonics(const QString &where);

    QTemporaryDir m_folder;
    std::unique_ptr<Desk> m_desk;
};

void TestAccessibility::initTestCase()
{
    m_desk = std::make_unique<Desk>(m_folder.path());
    QVERIFY(QTest::qWaitForWindowActive(&m_desk->window));
}

void TestAccessibility::everyInteractiveWidgetHasANameAndAnObjectName()
{
    const auto widgets = interactive(m_desk->window);
    QVERIFY(widgets.size() > 25);
    for (QWidget *widget : widgets) {
        QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
        QVERIFY2(face, qPrintable(widget->objectName()));
        QVERIFY2(!face->text(QAccessible::Name).isEmpty(), qPrintable(widget->objectName()));
    }
}

void TestAccessibility::everyInteractiveWidgetIsReachedByTab()
{
    m_desk->session.data()->makeSample();
    QTRY_VERIFY_WITH_TIMEOUT(m_desk->session.data()->whyNotReady().isEmpty(), 60000);
    for (const auto step : {view::Step::Data, view::Step::Train, view::Step::Compare, view::Step::Report}) {
        m_desk->window.showStep(step);
        walk(QStringLiteral("step %1").arg(static_cast<int>(step)));
    }
}

void TestAccessibility::walk(const QString &where)
{
    QSet<QWidget *> visited;
    for (int presses = 0; presses < 80; ++presses) {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &m_desk->window,
                        Qt::Key_Tab);
        if (QApplication::focusWidget())
            visited << QApplication::focusWidget();
    }
    for (QWidget *widget : interactive(m_desk->window)) {
        if (!widget->isVisible() || !widget->isEnabled())
            continue;
        QVERIFY2(visited.contains(widget) || reachedThroughGroup(widget, visited),
                 qPrintable(where + QStringLiteral(": ") + widget->objectName()));
    }
    for (QTabBar *bar : m_desk->window.findChildren<QTabBar *>())
        QVERIFY2(!bar->isVisible() || visited.contains(bar), qPrintable(where));
}

void TestAccessibility::openMatrix()
{
    m_desk->window.showStep(view::Step::Data);
    auto container = patternMatrix(60, 40, 8);
    container.summary.matrix->sources = {"X", "raw"};
    const QString file = cachedMatrix(m_folder.path(), view::toPath(m_folder.path()) / "cache",
                                      QStringLiteral("cells.h5ad"), container);
    m_desk->session.data()->open(view::InputRole::Train, file);
    auto *content = m_desk->session.data()->input(view::InputRole::Train)->content();
    QTRY_VERIFY_WITH_TIMEOUT(content->statistics().has_value(), 60000);
    QVERIFY(content->preparation()->parameters()->set(QStringLiteral("minGenes"), QStringLiteral("3")));
}

void TestAccessibility::everyTabOfAMatrixIsReachedByTab()
{
    openMatrix();
    auto *tabs = m_desk->find<QTabWidget>("matrixTabs");
    for (int place = 0; place < tabs->count(); ++place) {
        tabs->setCurrentIndex(place);
        walk(tabs->tabText(place));
    }
    QTest::keyClick(tabs->tabBar(), Qt::Key_Left);
    QCOMPARE(tabs->currentIndex(), tabs->count() - 2);
}

void TestAccessibility::mnemonicsOfAScreenAreUnique()
{
    for (const auto step : {view::Step::Data, view::Step::Train, view::Step::Compare, view::Step::Report}) {
        m_desk->window.showStep(step);
        compareMnemonics(QStringLiteral("step %1").arg(static_cast<int>(step)));
    }
}

void TestAccessibility::compareMnemonics(const QString &where)
{
    QHash<QString, QStringList> found;
    collectMnemonics(m_desk->window.centralWidget(), &found);
    for (const QAction *action : m_desk->window.menuBar()->actions())
        found[action->text().mid(action->text().indexOf(QLatin1Char('&')) + 1, 1).toLower()]
            << action->text();
    for (auto it = found.cbegin(); it != found.cend(); ++it)
        QVERIFY2(it->size() == 1, qPrintable(where + QStringLiteral(", ") + it.key() + QStringLiteral(": ") +
                                             it->join(QStringLiteral(", "))));
}

void TestAccessibility::mnemonicsOfEachTabAreUnique()
{
    openMatrix();
    auto *tabs = m_desk->find<QTabWidget>("matrixTabs");
    for (int place = 0; place < tabs->count(); ++place) {
        tabs->setCurrentIndex(place);
        compareMnemonics(tabs->tabText(place));
    }
    m_desk->session.data()->clear(view::InputRole::Train);
    compareMnemonics(QStringLiteral("empty"));
}

void TestAccessibility::controlDigitsSwitchTheScreens()
{
    const std::array<const char *, 4> buttons{"stepData", "stepTrain", "stepCompare", "stepReport"};
    const std::array<Qt::Key, 4> keys{Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4};
    for (std::size_t place = 0; place < keys.size(); ++place) {
        QTest::keyClick(&m_desk->window, keys[place], Qt::ControlModifier);
        QVERIFY(m_desk->find<>(buttons[place])->isChecked());
    }
}

void TestAccessibility::everyMenuEntryHasAnObjectName()
{
    for (const QMenu *menu : m_desk->window.findChildren<QMenu *>()) {
        for (const QAction *action : menu->actions())
            QVERIFY2(action->isSeparator() || action->menu() || !action->objectName().isEmpty(),
                     qPrintable(action->text()));
    }
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
